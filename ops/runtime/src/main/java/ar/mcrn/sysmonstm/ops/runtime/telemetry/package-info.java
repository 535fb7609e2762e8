/** Self-metrics of every service: counters, gauges and latency histograms, and their Prometheus text. Not the metrics of machines. */
package ar.mcrn.sysmonstm.ops.runtime.telemetry;
