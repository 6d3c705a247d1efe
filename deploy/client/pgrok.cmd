@echo off
rem pgrok, the client, from a release's archive. It needs Java 25: JAVA_HOME, or a java on the PATH.
setlocal
set "here=%~dp0.."
set "java=java"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java"
"%java%" "@%here%\jvm.args" -Xmx256m -cp "%here%\lib\*" io.pgrok.agent.Main %*
