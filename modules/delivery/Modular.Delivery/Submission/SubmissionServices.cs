using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Modular.Delivery.Gateway;

namespace Modular.Delivery.Submission;

internal static class SubmissionServices
{
    public static IServiceCollection AddSubmission(this IServiceCollection services)
    {
        services.AddSealedColumn("submitted_message", "message_id", "envelope", SubmittedTable.Purpose).AddSealedColumn("submitted_message", "message_id", "message", SubmittedTable.Purpose);
        services.AddSingleton<SubmissionRates>().AddSingleton<SubmittedTable>().AddSingleton<SubmissionStore>().AddSingleton<SubmittedMails>();
        services.AddSingleton<SubmissionReports>().AddHearer<SubmittedRecipientSettled, OnSubmittedRecipientSettled>();
        services.AddSingleton<SubmissionHandler>().AddSingleton<SubmissionOptions>().AddSingleton<SubmissionConnections>().AddSingleton<SmtpsConnections>();
        services.AddOptions<KestrelServerOptions>().Configure<HostFacts, IOptions<DeliverySettings>, SmtpPorts>((kestrel, facts, settings, ports) =>
        {
            if (!facts.Is(HostRoles.Gateway)) return;
            foreach (var address in settings.Value.Submission.Listen.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(IPAddress.Parse))
            {
                kestrel.Listen(address, facts.Ports.Submission, listen =>
                {
                    ports.SubmissionListens(listen);
                    listen.UseConnectionHandler<SubmissionConnections>();
                });
                kestrel.Listen(address, facts.Ports.Smtps, listen =>
                {
                    ports.SmtpsListens(listen);
                    listen.UseConnectionHandler<SmtpsConnections>();
                });
            }
        });
        return services;
    }
}
