package ar.mcrn.sysmonstm.bench.peers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What Debian packages are installed here. */
final class Installed {
    /** Debian's own, which sees Debian's modules. */
    static final String PYTHON = "/usr/bin/python3";

    private Installed() {}

    /** Version of a package; empty where it is not installed, or this is not Debian. */
    static String version(String debianPackage) {
        try {
            Process process = new ProcessBuilder(
                            List.of("dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", debianPackage))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String installed = "installed ";
            return said.startsWith(installed) ? said.substring(installed.length()) : "";
        } catch (IOException noDebian) {
            return "";
        }
    }
}
