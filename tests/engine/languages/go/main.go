// Command program takes the steps of the table of languages, a JSON text a line, and carries each out by an inline
// program with the generated SDK. It answers each with a line.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"pulumi-aws-login-profile/sdk/go/awsloginprofile"
)

type step struct {
	Command      string
	Provider     *struct{ AllowedAccountIds []string }
	Profiles     []profile
	ConsoleUsers []consoleUser
}

type profile struct {
	UserName              string
	Password              *string
	PasswordResetRequired *bool
	AgeRecipients         []string
	RotationTriggers      map[string]any
	ImportID              string
}

type consoleUser struct {
	UserName      string
	AgeRecipients []string
}

type answer struct {
	Changes map[string]int            `json:"changes,omitempty"`
	Outputs map[string]map[string]any `json:"outputs,omitempty"`
	Error   string                    `json:"error,omitempty"`
}

func main() {
	ctx := context.Background()
	var current step
	stack, err := auto.UpsertStackInlineSource(ctx, os.Args[1], os.Args[2],
		func(ctx *pulumi.Context) error { return declare(ctx, current) }, auto.WorkDir("."))
	if err != nil {
		panic(err)
	}
	lines := bufio.NewScanner(os.Stdin)
	answers := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		current = step{}
		if err := json.Unmarshal(lines.Bytes(), &current); err != nil {
			panic(err)
		}
		if err := answers.Encode(carryOut(ctx, stack, current.Command)); err != nil {
			panic(err)
		}
	}
}

func declare(ctx *pulumi.Context, current step) error {
	var options []pulumi.ResourceOption
	if current.Provider != nil {
		provider, err := awsloginprofile.NewProvider(ctx, "provider", &awsloginprofile.ProviderArgs{
			AllowedAccountIds: pulumi.ToStringArray(current.Provider.AllowedAccountIds),
		})
		if err != nil {
			return err
		}
		options = append(options, pulumi.Provider(provider))
	}
	for _, one := range current.Profiles {
		if err := one.declare(ctx, options); err != nil {
			return err
		}
	}
	for _, one := range current.ConsoleUsers {
		if err := one.declare(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (p profile) declare(ctx *pulumi.Context, options []pulumi.ResourceOption) error {
	args := &awsloginprofile.LoginProfileArgs{
		UserName:              pulumi.String(p.UserName),
		Password:              pulumi.StringPtrFromPtr(p.Password),
		PasswordResetRequired: pulumi.BoolPtrFromPtr(p.PasswordResetRequired),
	}
	if p.AgeRecipients != nil {
		args.AgeRecipients = pulumi.ToStringArray(p.AgeRecipients)
		args.RotationTriggers = pulumi.ToMap(p.RotationTriggers)
	}
	if p.ImportID != "" {
		options = append(options, pulumi.Import(pulumi.ID(p.ImportID)))
	}
	made, err := awsloginprofile.NewLoginProfile(ctx, p.UserName, args, options...)
	if err != nil {
		return err
	}
	ctx.Export(p.UserName+"-version", made.PasswordVersion)
	ctx.Export(p.UserName+"-encrypted", made.EncryptedPassword)
	ctx.Export(p.UserName+"-hash", made.PasswordHash)
	return nil
}

func (u consoleUser) declare(ctx *pulumi.Context) error {
	yes, no := true, false
	made, err := awsloginprofile.NewConsoleUser(ctx, u.UserName, &awsloginprofile.ConsoleUserArgs{
		AgeRecipients:       pulumi.ToStringArray(u.AgeRecipients),
		Existing:            &yes,
		AllowPasswordChange: &no,
	})
	if err != nil {
		return err
	}
	ctx.Export(u.UserName+"-encrypted", made.EncryptedPassword)
	return nil
}

func carryOut(ctx context.Context, stack auto.Stack, command string) answer {
	if command == "destroy" {
		result, err := stack.Destroy(ctx)
		if err != nil {
			return answer{Error: err.Error()}
		}
		return answer{Changes: *result.Summary.ResourceChanges}
	}
	result, err := stack.Up(ctx)
	if err != nil {
		return answer{Error: err.Error()}
	}
	outputs := map[string]map[string]any{}
	for name, output := range result.Outputs {
		outputs[name] = map[string]any{"value": output.Value, "secret": output.Secret}
	}
	return answer{Changes: *result.Summary.ResourceChanges, Outputs: outputs}
}
