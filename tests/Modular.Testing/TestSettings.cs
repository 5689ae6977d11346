using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Modular.Testing;

internal static class TestSettings
{
    public static IConfiguration None { get; } = new ConfigurationBuilder().Build();
}

internal static class TestLog
{
    public static ILogger<T> Of<T>() => NullLogger<T>.Instance;
}
