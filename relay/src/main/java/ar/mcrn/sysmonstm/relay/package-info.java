/**
 * The public side: takes one redacted feed that an api pushes, keeps what is newest, and serves it to viewers. What may be
 * seen was decided in the api; nothing here widens it, and nothing here reaches back into the origin.
 */
package ar.mcrn.sysmonstm.relay;
