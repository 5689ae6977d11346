using Microsoft.Extensions.DependencyInjection;
using Modular.Kernel.Mailing;

namespace Modular.Delivery.Letters;

internal static class LetterServices
{
    public static IServiceCollection AddLetters(this IServiceCollection services) =>
        services.AddSingleton<LetterWriter>().AddHearer<MailRequested, OnMailRequested>();
}
