#!/bin/sh
# Imaging by hand; docs/manual.md.
exec /firstlight/jre/bin/java @JAVA_OPTIONS@ -cp "$(cat /firstlight/classpath)" firstlight.engine.img.Img "$@"
