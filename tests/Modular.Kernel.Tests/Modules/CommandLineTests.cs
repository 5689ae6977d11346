namespace Modular.Kernel.Tests.Modules;

public sealed class CommandLineTests
{
    [Fact]
    public void Words_options_and_flags_are_told_apart()
    {
        var line = Of("acme", "--name", "Acme Shoes", "--admin=ann@acme.example", "--json", "second");

        Assert.Equal(["acme", "second"], line.Positional("name", "admin"));
        Assert.Equal(("Acme Shoes", "ann@acme.example", null), (line.Option("name"), line.Option("admin"), line.Option("role")));
        Assert.True(line.Has("json"));
        Assert.False(line.Has("name=acme"));
    }

    [Fact]
    public void Two_dashes_end_the_options()
    {
        var line = Of("--", "--json", "--name");

        Assert.Equal(["--json", "--name"], line.Positional("name"));
        Assert.False(line.Has("json"));
        Assert.Null(line.Option("name"));
    }

    [Fact]
    public void An_option_without_its_value_is_empty_not_absent() => Assert.Equal("", Of("--name").Option("name"));

    private static CommandLine Of(params string[] words) => new(words, TextWriter.Null, TextWriter.Null);
}
