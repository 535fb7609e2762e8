/** The agent: samples one machine and streams it to an aggregator. Wiring, settings and the program itself live here. */
package ar.mcrn.sysmonstm.agent;
