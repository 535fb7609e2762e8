/** The aggregator as a whole: its settings, how it is put together, its main. The work is done in the packages below. */
package ar.mcrn.sysmonstm.aggregator;
