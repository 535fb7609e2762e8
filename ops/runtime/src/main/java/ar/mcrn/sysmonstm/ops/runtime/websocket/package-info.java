/**
 * WebSocket endpoints for a Dropwizard application, on Jetty's own API: bounded, non-blocking, pinged, and refused before
 * the upgrade where they must be. What travels over them belongs to the services; nothing of it is known here.
 */
package ar.mcrn.sysmonstm.ops.runtime.websocket;
