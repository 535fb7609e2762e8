/** Types that every configuration uses, and the substitution of environment variables. No service's own settings. */
package ar.mcrn.sysmonstm.ops.runtime.configuration;
