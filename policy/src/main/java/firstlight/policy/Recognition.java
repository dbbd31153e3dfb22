package firstlight.policy;

import java.util.List;

/** Who a set of facts belongs to. */
public sealed interface Recognition {
    List<String> reasons();

    record Known(Device device, List<String> reasons) implements Recognition {
        public Known {
            reasons = List.copyOf(reasons);
        }
    }

    record Unknown(List<String> reasons) implements Recognition {
        public Unknown {
            reasons = List.copyOf(reasons);
        }
    }

    /** Two or more devices answer the description. A person decides, never the server. */
    record Collision(List<Device> devices, List<String> reasons) implements Recognition {
        public Collision {
            devices = List.copyOf(devices);
            reasons = List.copyOf(reasons);
        }
    }
}
