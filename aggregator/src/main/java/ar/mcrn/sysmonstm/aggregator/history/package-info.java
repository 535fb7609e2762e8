/** The way to the database: COPY buffers, the writer, the schema and its migrations. Reads are the api's. */
package ar.mcrn.sysmonstm.aggregator.history;
