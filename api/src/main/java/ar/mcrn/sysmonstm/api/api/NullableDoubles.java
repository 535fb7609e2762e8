package ar.mcrn.sysmonstm.api.api;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import java.io.IOException;

/** Writes a column of values, null for NaN; many at a time, since an answer has tens of thousands. */
final class NullableDoubles extends JsonSerializer<double[]> {
    private static final int CHUNK = 4_096;

    @Override
    public void serialize(double[] values, JsonGenerator json, SerializerProvider provider) throws IOException {
        char[] text = new char[Math.min(CHUNK, 1 + values.length * 12) + Decimals.ROOM + 1];
        json.writeStartArray();
        int end = 0;
        for (int i = 0; i < values.length; i++) {
            if (i > 0) {
                text[end++] = ',';
            }
            end = Decimals.put(values[i], text, end);
            if (end >= text.length - Decimals.ROOM - 1) {
                json.writeRaw(text, 0, end);
                end = 0;
            }
        }
        json.writeRaw(text, 0, end);
        json.writeEndArray();
    }
}
