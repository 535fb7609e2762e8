/** How a service starts: command line, configuration, server, context. No service's own logic. */
package ar.mcrn.sysmonstm.ops.runtime.service;
