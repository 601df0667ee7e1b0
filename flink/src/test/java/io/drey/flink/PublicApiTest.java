package io.drey.flink;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.apache.flink.annotation.Public;
import org.apache.flink.annotation.PublicEvolving;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One jar serves several releases of Flink: it can rely on nothing but what Flink promises to keep. */
class PublicApiTest {
    private static final DescribedPredicate<JavaClass> PUBLIC = new DescribedPredicate<>("public API of Flink") {
        @Override
        public boolean test(JavaClass type) {
            return isPublic(type.getBaseComponentType());
        }
    };

    /** Public in 1.20 and gone in 2.x: {@link SinkOfBothReleases} is there for it. */
    private static final String OLD_CONTEXT = "org.apache.flink.api.connector.sink2.Sink$InitContext";

    private static boolean isPublic(JavaClass type) {
        return type.getName().equals(OLD_CONTEXT)
                || type.isAnnotatedWith(Public.class)
                || type.isAnnotatedWith(PublicEvolving.class)
                || type.getEnclosingClass().map(PublicApiTest::isPublic).orElse(false);
    }

    @Test
    @Tag("short")
    void dependsOnPublicApiOnly() {
        classes()
                .that()
                .resideInAPackage("io.drey.flink..")
                .should()
                .onlyDependOnClassesThat(DescribedPredicate.<JavaClass>describe(
                                "are no classes of Flink",
                                type -> !type.getBaseComponentType()
                                        .getPackageName()
                                        .startsWith("org.apache.flink"))
                        .or(PUBLIC))
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.drey.flink"));
    }
}
