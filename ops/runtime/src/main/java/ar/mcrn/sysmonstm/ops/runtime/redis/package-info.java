/** Hot state and event bus over Redis, for services that run as separate processes. */
package ar.mcrn.sysmonstm.ops.runtime.redis;
