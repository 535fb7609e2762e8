/** What {@code ./sysmon doctor} looks at and how it judges it. Reads only. */
package ar.mcrn.sysmonstm.ops.standalone.doctor;
