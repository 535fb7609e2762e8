package ar.mcrn.sysmonstm.ops.runtime.configuration;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a key of a configuration is for, in words for operators. Name of the variable and default stand in the service's YAML,
 * number ranges in {@code @Min} and {@code @Max}; from the three the tables of {@code ops/docs/configuration.md} are made.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.RECORD_COMPONENT})
public @interface Setting {
    /** Effect, in a line of Markdown. */
    String value();

    /** Unit and what is allowed, where {@code @Min} and {@code @Max} do not say; {@code A to B} is tried at its edges by a test. */
    String allowed() default "";

    /** What happens without a value, where there is no default. */
    String absent() default "none";
}
