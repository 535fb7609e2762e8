/** The redacted feed that the api pushes to a relay, and what the public may see of it. */
package ar.mcrn.sysmonstm.api.edge;
