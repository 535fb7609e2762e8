/** The files of ops/compose that Prometheus and Grafana read, held against what the services and the schema really have. */
package ar.mcrn.sysmonstm.ops.systemtests.observe;
