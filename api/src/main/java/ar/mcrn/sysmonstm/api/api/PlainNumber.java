package ar.mcrn.sysmonstm.api.api;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import java.io.IOException;

/** Writes a value as {@link NullableDoubles} does: whole numbers without a fraction or an exponent, null for NaN. */
final class PlainNumber extends JsonSerializer<Double> {
    @Override
    public void serialize(Double value, JsonGenerator json, SerializerProvider provider) throws IOException {
        char[] text = new char[Decimals.ROOM];
        json.writeRawValue(text, 0, Decimals.put(value, text, 0));
    }
}
