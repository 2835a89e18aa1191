package generated_program;

import com.pulumi.Context;
import com.pulumi.Pulumi;
import com.pulumi.core.Output;
import local.awsloginprofile.ConsoleUser;
import local.awsloginprofile.ConsoleUserArgs;
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
        var alice = new ConsoleUser("alice", ConsoleUserArgs.builder()
            .groups("developers")
            .ageRecipients("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p")
            .build());

        ctx.export("signInUrl", alice.signInUrl());
        ctx.export("encryptedPassword", alice.encryptedPassword());
    }
}
