/** The api: REST, live WebSocket, history reads and the dashboard. Its application, settings and wiring. */
package ar.mcrn.sysmonstm.api;
