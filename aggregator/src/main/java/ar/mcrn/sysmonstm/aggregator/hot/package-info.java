/** The newest sample of each machine on its way to hot state: the ring's hot handler and the thread that does its I/O. */
package ar.mcrn.sysmonstm.aggregator.hot;
