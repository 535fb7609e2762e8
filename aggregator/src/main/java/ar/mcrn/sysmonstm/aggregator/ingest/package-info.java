/** The gRPC side: sessions, parsing and validation of what agents send, and the outcomes they are told. */
package ar.mcrn.sysmonstm.aggregator.ingest;
