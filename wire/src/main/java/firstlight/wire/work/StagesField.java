package firstlight.wire.work;

import firstlight.model.StageTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code "stages":{"read":{"octets":1,"millis":2}}}; an engine of before has none. */
final class StagesField {
    private static final String NAME = "stages";

    private StagesField() {}

    static Document put(Document document, List<StageTime> stages) {
        document.open(NAME);
        for (StageTime stage : stages) {
            document.open(stage.stage())
                    .put("octets", stage.octets())
                    .put("millis", stage.millis())
                    .close();
        }
        return document.close();
    }

    static List<StageTime> read(Fields fields) throws MalformedMessage {
        Object stages = fields.members().get(NAME);
        if (stages == null) {
            return List.of();
        }
        if (!(stages instanceof Map<?, ?> byName)) {
            throw new MalformedMessage("'stages' is no object");
        }
        List<StageTime> read = new ArrayList<>();
        for (Map.Entry<?, ?> entry : byName.entrySet()) {
            if (!(entry.getValue() instanceof Map<?, ?> stage)) {
                throw new MalformedMessage("stage '" + entry.getKey() + "' is no object");
            }
            Fields of = new Fields(stage);
            try {
                read.add(new StageTime(String.valueOf(entry.getKey()), of.number("octets"), of.number("millis")));
            } catch (IllegalArgumentException e) {
                throw new MalformedMessage(String.valueOf(e.getMessage()));
            }
        }
        return read;
    }
}
