/** YAML 1.2 with the position of every node, and the problems that people make in it. Also read by parsers and configuration. */
@NullMarked
package io.bongsu.rules.yaml;

import org.jspecify.annotations.NullMarked;
