package firstlight.wire.work;

import java.io.ByteArrayOutputStream;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** One JSON object being written, field after field. */
final class Document {
    private static final JsonFactory JSON = new JsonFactory();

    private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
    private final JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), octets);

    Document() {
        json.writeStartObject();
    }

    Document put(String name, String text) {
        json.writeStringProperty(name, text);
        return this;
    }

    Document put(String name, long number) {
        json.writeNumberProperty(name, number);
        return this;
    }

    Document put(String name, boolean flag) {
        json.writeBooleanProperty(name, flag);
        return this;
    }

    Document put(String name, List<String> texts) {
        json.writeArrayPropertyStart(name);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
        return this;
    }

    /** What follows is inside the object {@code name}, until {@link #close}. */
    Document open(String name) {
        json.writeObjectPropertyStart(name);
        return this;
    }

    Document close() {
        json.writeEndObject();
        return this;
    }

    byte[] bytes() {
        json.writeEndObject();
        json.close();
        return octets.toByteArray();
    }
}
