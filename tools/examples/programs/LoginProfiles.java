package generated_program;

import com.pulumi.Context;
import com.pulumi.Pulumi;
import com.pulumi.core.Output;
import local.awsloginprofile.LoginProfiles;
import local.awsloginprofile.LoginProfilesArgs;
import local.awsloginprofile.inputs.LoginProfilesProfileArgs;
import java.util.List;
import java.util.ArrayList;
import java.util.Map;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Paths;

public class App {
    public static void main(String[] args) {
        Pulumi.run(App::stack);
    }

    public static void stack(Context ctx) {
        final var config = ctx.config();
        final var carolsPassword = config.requireSecret("carolsPassword");
        var people = new LoginProfiles("people", LoginProfilesArgs.builder()
            .passwordResetRequired(true)
            .profiles(Map.ofEntries(
                Map.entry("alice", LoginProfilesProfileArgs.builder()
                    .adoptExisting(true)
                    .passwordResetRequired(false)
                    .build()),
                Map.entry("bob", LoginProfilesProfileArgs.builder()
                    .ageRecipients("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p")
                    .build()),
                Map.entry("carol", LoginProfilesProfileArgs.builder()
                    .password(carolsPassword)
                    .build())
            ))
            .build());

        ctx.export("profiles", people.profiles());
    }
}
