/** The JSON that people and programs see: records only, camelCase, times in Unix milliseconds. */
package ar.mcrn.sysmonstm.api.api;
