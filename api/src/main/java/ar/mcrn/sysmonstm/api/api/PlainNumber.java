package ar.mcrn.sysmonstm.api.api;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import java.io.IOException;

/** Writes a value as {@link NullableDoubles} does: whole numbers without a fraction or an exponent, null for NaN. */
final class PlainNumber extends JsonSerializer<Double> {
    private static final double EXACT = 1e15;

    @Override
    public void serialize(Double value, JsonGenerator json, SerializerProvider provider) throws IOException {
        if (value.isNaN()) {
            json.writeNull();
        } else if (value == Math.rint(value) && Math.abs(value) < EXACT) {
            json.writeNumber(value.longValue());
        } else {
            json.writeNumber(value);
        }
    }
}
