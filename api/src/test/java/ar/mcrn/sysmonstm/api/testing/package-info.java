/** What tests of the api share: machines that tell of themselves, a hot state that can be taken away, WebSocket clients. */
package ar.mcrn.sysmonstm.api.testing;
