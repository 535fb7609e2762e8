package ar.mcrn.sysmonstm.api.api;

/**
 * What went wrong, as RFC 9457 writes it ({@code application/problem+json}).
 *
 * @param type {@code about:blank}: the status says what kind it is
 * @param title name of the status
 * @param status HTTP status
 * @param detail what was wrong, naming the value
 * @param instance path asked for
 */
public record Problem(String type, String title, int status, String detail, String instance) {

    /** Media type of problem documents. */
    public static final String MEDIA_TYPE = "application/problem+json";
}
