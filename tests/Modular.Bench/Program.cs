using BenchmarkDotNet.Running;
using Modular.Bench.Access;
using Modular.Bench.Mail;
using Modular.Bench.Smtp;

if (args.FirstOrDefault() is "smtp")
    return await SmtpVerbs.RunAsync(args[1..]);
if (args.FirstOrDefault() is "dkim")
    return await DkimVerb.RunAsync(args[1..]);
if (args.FirstOrDefault() is "sign-in")
    return await SignInVerb.RunAsync(args[1..]);
BenchmarkSwitcher.FromAssembly(typeof(SmtpVerbs).Assembly).Run(args);
return 0;
