/** Everything in one process: data folder, start order, and the doctor. Each service's own assembly does its work. */
package ar.mcrn.sysmonstm.ops.standalone;
