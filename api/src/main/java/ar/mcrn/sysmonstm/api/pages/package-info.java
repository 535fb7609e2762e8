/** The dashboard's files and what browsers are told about them; nothing of the data. */
package ar.mcrn.sysmonstm.api.pages;
