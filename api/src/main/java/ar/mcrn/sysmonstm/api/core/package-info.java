/** What the api decides, free of transport and storage: states, selections, ranges, tiers and the one visibility rule. */
package ar.mcrn.sysmonstm.api.core;
