package generated_program;

import com.pulumi.Context;
import com.pulumi.Pulumi;
import com.pulumi.core.Output;
import local.awsloginprofile.LoginProfile;
import local.awsloginprofile.LoginProfileArgs;
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
        final var password = config.requireSecret("password");
        var alice = new LoginProfile("alice", LoginProfileArgs.builder()
            .userName("alice")
            .password(password)
            .passwordResetRequired(true)
            .build());

        var bob = new LoginProfile("bob", LoginProfileArgs.builder()
            .userName("bob")
            .ageRecipients("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p")
            .rotationTriggers(Map.of("quarter", "2026-Q4"))
            .build());

        ctx.export("bobsPassword", bob.encryptedPassword());
    }
}
