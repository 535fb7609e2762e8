/** What browsers say at {@code /ws}, to the api and to the relay alike. */
package ar.mcrn.sysmonstm.ops.runtime.live;
