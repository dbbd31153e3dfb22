package firstlight.lab.bench;

/** What a figure should reach. */
sealed interface Aim {
    /**
     * @param ours the median of our samples, in the figure's unit
     * @param ratio ours to the peer's; NaN where no peer was measured, which reaches no aim that is a ratio
     */
    boolean isReached(double ours, double ratio);

    /** As the line of the figure shows it. */
    String text();

    record RatioAtLeast(double wanted) implements Aim {
        @Override
        public boolean isReached(double ours, double ratio) {
            return ratio >= wanted;
        }

        @Override
        public String text() {
            return ">=" + wanted + "x";
        }
    }

    record RatioAtMost(double wanted) implements Aim {
        @Override
        public boolean isReached(double ours, double ratio) {
            return ratio <= wanted;
        }

        @Override
        public String text() {
            return "<=" + wanted + "x";
        }
    }

    /** Whatever the peer does. */
    record AtMost(double wanted, String unit) implements Aim {
        @Override
        public boolean isReached(double ours, double ratio) {
            return ours <= wanted;
        }

        @Override
        public String text() {
            return "<=" + Series.number(wanted) + unit;
        }
    }

    /** Whatever the peer does. */
    record AtLeast(double wanted) implements Aim {
        @Override
        public boolean isReached(double ours, double ratio) {
            return ours >= wanted;
        }

        @Override
        public String text() {
            return ">=" + Series.number(wanted);
        }
    }

    /** Measured to be known. */
    record Open() implements Aim {
        @Override
        public boolean isReached(double ours, double ratio) {
            return true;
        }

        @Override
        public String text() {
            return "-";
        }
    }
}
