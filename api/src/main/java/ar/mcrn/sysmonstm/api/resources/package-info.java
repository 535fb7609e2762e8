/** The REST paths and what they answer when something is wrong. */
package ar.mcrn.sysmonstm.api.resources;
