/**
 * The rollups: minutes and hours of raw history, the coverage of hours, and their repair where late rows came. Raw rows are
 * {@code history}'s to write, tiers are read by the api.
 */
package ar.mcrn.sysmonstm.aggregator.tiers;
