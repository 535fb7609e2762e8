/**
 * Holds what is written for people against what the code does: the page of settings, which is made here, the variables of
 * compose, links between documents. What the documents say of behaviour is for the other tests.
 */
package ar.mcrn.sysmonstm.ops.systemtests.documents;
