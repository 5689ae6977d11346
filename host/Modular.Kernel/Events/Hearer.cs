using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace Modular.Kernel.Events;

/// <summary>One registered hearer: the outbox's rows name it, the host's dispatcher calls it.</summary>
/// <param name="Name">The hearer's type name, unique in the suite: <c>Modular.Contacts.OnRecipientBounced</c>.</param>
/// <param name="EventType">The type it hears, exactly; events are sealed.</param>
/// <param name="HandleAsync">Calls it with the event's JSON.</param>
public sealed record Hearer(string Name, Type EventType, Func<IServiceProvider, string, CancellationToken, Task> HandleAsync);

public static class HearerRegistration
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>The event as the outbox keeps it.</summary>
    public static string ToJson(IEvent e) => JsonSerializer.Serialize(e, e.GetType(), Json);

    /// <summary>Registers a hearer; it is created in a scope of its own for each event.</summary>
    public static IServiceCollection AddHearer<TEvent, THearer>(this IServiceCollection services)
        where TEvent : class, IEvent
        where THearer : class, IHandle<TEvent>
    {
        services.AddScoped<THearer>();
        return services.AddSingleton(new Hearer(typeof(THearer).FullName!, typeof(TEvent), static (scope, json, ct) =>
            scope.GetRequiredService<THearer>().HandleAsync(JsonSerializer.Deserialize<TEvent>(json, Json)!, ct)));
    }
}
