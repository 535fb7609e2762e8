package ar.mcrn.sysmonstm.loadgen;

import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Address of an aggregator: {@code host:port}, {@code [::1]:port}, also as {@code http://host:port} or
 * {@code dns:///host:port}.
 */
record HostPort(String host, int port) {

    private static final Pattern FORM =
            Pattern.compile("\\A(?:http://|dns:///)?(?:\\[([0-9a-fA-F:.%]+)]|([^\\s/:\\[\\]]+)):(\\d{1,5})/?\\z");

    /** @throws IllegalArgumentException naming the text */
    static HostPort parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("--target=" + text + " is not HOST:PORT");
        }
        String host = form.group(1) == null ? form.group(2) : form.group(1);
        return new HostPort(host, Integer.parseInt(form.group(3)));
    }

    /** Looked up each time, since names may move. */
    InetSocketAddress address() {
        return new InetSocketAddress(host, port);
    }
}
