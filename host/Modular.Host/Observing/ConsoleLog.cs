using Microsoft.Extensions.Logging.Console;

namespace Modular.Host.Observing;

/// <summary>Logs go to standard error, so that standard output holds what was asked for and nothing else. <c>Logging:Format</c> is <c>text</c> or <c>json</c>.</summary>
internal static class ConsoleLog
{
    public static ILoggingBuilder AddConsoleLog(this ILoggingBuilder logging, IConfiguration settings, bool isCommand)
    {
        logging.ClearProviders();
        logging.AddConfiguration(settings.GetSection("Logging"));
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("System", LogLevel.Warning);
        if (isCommand)
            logging.AddFilter(null, LogLevel.Warning);
        if (string.Equals(settings["Logging:Format"], "json", StringComparison.OrdinalIgnoreCase))
            logging.AddJsonConsole(o => (o.UseUtcTimestamp, o.TimestampFormat, o.IncludeScopes) = (true, "O", true));
        else
            logging.AddSimpleConsole(o => (o.UseUtcTimestamp, o.TimestampFormat, o.SingleLine) = (true, "HH:mm:ss.fff ", true));
        logging.Services.Configure<ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        return logging;
    }
}
