package ar.mcrn.sysmonstm.bench.peers;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Requests to what runs on loopback. */
final class LocalHttp {
    private LocalHttp() {}

    static String get(int port, String path) throws IOException, InterruptedException {
        return ask(HttpRequest.newBuilder(address(port, path)).build());
    }

    static String post(int port, String path) throws IOException, InterruptedException {
        return ask(HttpRequest.newBuilder(address(port, path))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build());
    }

    private static URI address(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private static String ask(HttpRequest request) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() / 100 != 2) {
                throw new IOException(request.uri() + " answers " + answer.statusCode() + ": " + answer.body());
            }
            return answer.body();
        }
    }

    /** Sum of a metric over its labels in Prometheus text; 0 where it is not there. */
    static double metric(String text, String nameAndLabels) {
        return text.lines()
                .filter(line -> line.startsWith(nameAndLabels))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
