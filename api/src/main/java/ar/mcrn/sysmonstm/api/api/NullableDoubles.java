package ar.mcrn.sysmonstm.api.api;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import java.io.IOException;

/** Writes a column of values, null for NaN. */
final class NullableDoubles extends JsonSerializer<double[]> {
    @Override
    public void serialize(double[] values, JsonGenerator json, SerializerProvider provider) throws IOException {
        json.writeStartArray();
        Decimals decimals = new Decimals();
        for (double value : values) {
            decimals.write(value, json);
        }
        json.writeEndArray();
    }
}
