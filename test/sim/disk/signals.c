/*
 * A process whose signal handler writes while the process itself writes, and which makes copies of itself meanwhile.
 *
 * 1. Arguments: a file to write to, how many children to make. Each child writes once and ends; its end interrupts the parent.
 * 2. Two threads write without a pause until the last child has ended. It prints how many children have ended, and exits with 0.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int pipe_ends[2];
static int file;
static atomic_int done;

static void child_ended(int number) {
  (void)number;
  ssize_t taken = write(pipe_ends[1], "x", 1);
  (void)taken;
}

static void *write_on(void *nothing) {
  while (!atomic_load(&done)) {
    ssize_t taken = pwrite(file, "abcd", 4, 0);
    (void)taken;
  }
  return nothing;
}

int main(int count, char **words) {
  if (count != 3) return 2;
  file = open(words[1], O_CREAT | O_RDWR, 0644);
  if (file < 0 || pipe(pipe_ends) != 0) return 2;
  fcntl(pipe_ends[1], F_SETFL, O_NONBLOCK);
  struct sigaction action = {0};
  action.sa_handler = child_ended;
  action.sa_flags = SA_RESTART;
  sigaction(SIGCHLD, &action, NULL);
  pthread_t threads[2];
  for (int index = 0; index < 2; index++) pthread_create(&threads[index], NULL, write_on, NULL);
  int ended = 0;
  for (int number = 0; number < atoi(words[2]); number++) {
    pid_t child = fork();
    if (child == 0) {
      ssize_t taken = write(file, "child", 5);
      _exit(taken == 5 ? 0 : 1);
    }
    int status = 0;
    if (child > 0 && waitpid(child, &status, 0) == child && status == 0) ended += 1;
  }
  atomic_store(&done, 1);
  for (int index = 0; index < 2; index++) pthread_join(threads[index], NULL);
  printf("%d\n", ended);
  return 0;
}
