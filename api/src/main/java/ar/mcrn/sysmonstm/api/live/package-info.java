/**
 * The live feed: who watches what, and the frames they get. One thread owns it all; clients are grouped by equal
 * subscription, so that a frame is encoded once for all of them.
 */
package ar.mcrn.sysmonstm.api.live;
