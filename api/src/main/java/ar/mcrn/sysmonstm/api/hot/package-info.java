/** The api's picture of the fleet, kept in memory from hot state and the live channel. */
package ar.mcrn.sysmonstm.api.hot;
