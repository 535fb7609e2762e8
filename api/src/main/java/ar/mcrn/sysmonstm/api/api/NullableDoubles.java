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
        for (double value : values) {
            if (Double.isNaN(value)) {
                json.writeNull();
            } else if (value == Math.rint(value) && Math.abs(value) < 1e15) {
                json.writeNumber((long) value);
            } else {
                json.writeNumber(value);
            }
        }
        json.writeEndArray();
    }
}
